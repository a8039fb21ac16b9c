package dev.cachalot.library.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which model of the hub: {@code org/name[:file][@revision]}, the revision also before the colon.
 *
 * @param repository {@code org/name}
 * @param file a file of it, or words of its name such as {@code Q4_K_M}
 * @param revision branch, tag or commit
 */
public record ModelReference(String repository, Optional<String> file, String revision) {
    static final String MAIN = "main";
    private static final int MOST_CHARS = 512;
    private static final Pattern FORM =
            Pattern.compile(
                    "(?<repo>[^/:@]+/[^/:@]+)(@(?<early>[^:@]+))?(:(?<file>[^@]+))?(@(?<late>[^@]+))?");
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}");

    public ModelReference {
        String[] parts = repository.split("/", -1);
        if (parts.length != 2
                || !PART.matcher(parts[0]).matches()
                || !PART.matcher(parts[1]).matches()
                || repository.contains("..")) {
            throw notOne(repository);
        }
        if (revision.isBlank() || revision.contains("..") || !isPlain(revision)) {
            throw notOne(repository + "@" + revision);
        }
    }

    /**
     * Reads a reference.
     *
     * @throws HubException if the text is none
     */
    public static ModelReference parse(String text) {
        Matcher form = FORM.matcher(text);
        if (text.length() > MOST_CHARS || !isPlain(text) || !form.matches()) {
            throw notOne(text);
        }
        String early = form.group("early");
        String late = form.group("late");
        if (early != null && late != null) {
            throw notOne(text);
        }
        String revision = early != null ? early : late != null ? late : MAIN;
        return new ModelReference(
                form.group("repo"), Optional.ofNullable(form.group("file")), revision);
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c > ' ' && c != '\\' && c != 127);
    }

    private static HubException notOne(String text) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return new HubException(
                HubException.Reason.CHOICE,
                "'"
                        + shown
                        + "' names no model of the hub; expected org/name, org/name:file,"
                        + " either with @revision, or a short name ("
                        + String.join(", ", Catalogue.names())
                        + ")");
    }
}
