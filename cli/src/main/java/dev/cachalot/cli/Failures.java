package dev.cachalot.cli;

import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.engine.ContextOverflowException;
import dev.cachalot.engine.OverloadedException;
import dev.cachalot.library.LibraryException;
import dev.cachalot.library.convert.ConversionException;
import dev.cachalot.model.UnsupportedModelException;
import dev.cachalot.server.ServerStartException;
import dev.cachalot.tokenizer.ChatTemplateException;
import dev.cachalot.tokenizer.InvalidConversationException;
import dev.cachalot.tokenizer.InvalidTextException;
import dev.cachalot.tokenizer.InvalidTokenIdException;
import dev.cachalot.tokenizer.TokenizerFormatException;
import dev.cachalot.train.TrainingException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Turns failures into one line for the user, or into a stack trace when they are ours. */
final class Failures {
    /** Exit code of a user's error. */
    static final int USER = 2;

    /** Exit code of an error of ours. */
    static final int OURS = 70;

    private static final Pattern CONSTANTS =
            Pattern.compile("(\\[[A-Z_0-9, ]+]) \\(case-insensitive\\)");

    /** Failures whose messages tell a user what to do. */
    private static final List<Class<? extends Exception>> OF_THE_USER =
            List.of(
                    UserException.class,
                    LibraryException.class,
                    ConversionException.class,
                    CheckpointException.class,
                    UnsupportedModelException.class,
                    TokenizerFormatException.class,
                    ChatTemplateException.class,
                    InvalidTextException.class,
                    InvalidTokenIdException.class,
                    InvalidConversationException.class,
                    ContextOverflowException.class,
                    OverloadedException.class,
                    ServerStartException.class,
                    TrainingException.class);

    /** An option or argument that picocli does not take. */
    static int ofArguments(PrintStream err, CommandLine.ParameterException failure) {
        String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        String message = // picocli names our constants, users type them in small letters
                CONSTANTS
                        .matcher(first)
                        .replaceAll(match -> match.group(1).toLowerCase(Locale.ROOT));
        String command = failure.getCommandLine().getCommandSpec().qualifiedName(" ");
        say(
                err,
                message
                        + (message.endsWith(".") || message.endsWith("?") ? "" : ";")
                        + " try './"
                        + command
                        + " --help'");
        return USER;
    }

    /** What a command threw. */
    static int ofRunning(PrintStream err, Exception failure) {
        if (failure instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            say(err, ofFiles(wrapped.getCause()));
            return USER;
        }
        if (failure instanceof IOException io) {
            say(err, ofFiles(io));
            return USER;
        }
        if (OF_THE_USER.stream().anyMatch(type -> type.isInstance(failure))) {
            say(err, String.valueOf(failure.getMessage()));
            return USER;
        }
        say(err, "this is an error of cachalot's own; please report it with what follows:");
        failure.printStackTrace(err);
        return OURS;
    }

    private static void say(PrintStream err, String message) {
        err.println("cachalot: " + Console.harmless(message.replace("\n", " ").strip()));
    }

    private static String ofFiles(IOException failure) {
        String what =
                switch (failure) {
                    case NoSuchFileException _ -> "no such file or folder";
                    case AccessDeniedException _ -> "access denied";
                    case FileAlreadyExistsException _ -> "is there already";
                    case NotDirectoryException _ -> "is no folder";
                    case FileSystemException other when other.getReason() != null ->
                            other.getReason().toLowerCase(Locale.ROOT);
                    default -> "";
                };
        if (failure instanceof FileSystemException files && files.getFile() != null) {
            return files.getFile() + ": " + what + "; check the path and its permissions";
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private Failures() {}
}
