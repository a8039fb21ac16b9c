package dev.cachalot.library.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Fetches models into a folder. Every file is of one commit and has the checksum that the hub gives
 * for it; a download that ends early is gone on with, also by another process.
 */
public final class Hub {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LONGEST_NAME = 220; // 255 with what a part's name has more

    private final HubSettings settings;
    private final Path models;
    private final Duration patience;
    private final Patience.Pauses pauses;

    /**
     * A hub.
     *
     * @param models the folder that models lie in; made when it is not there
     */
    public Hub(HubSettings settings, Path models) {
        this(settings, models, PATIENCE, Thread::sleep);
    }

    /** As above, with other waiting. */
    Hub(HubSettings settings, Path models, Duration patience, Patience.Pauses pauses) {
        this.settings = settings;
        this.models = models;
        this.patience = patience;
        this.pauses = pauses;
    }

    /**
     * A model on this disk.
     *
     * @param name by which commands find it
     * @param path file or folder
     * @param bytes of all its files
     * @param fetched bytes that came over the network; 0 when all was here
     * @param commit that all of it is from
     */
    public record Pulled(
            String name, Path path, long bytes, long fetched, String repository, String commit) {}

    /**
     * Fetches a model.
     *
     * @param name a short name, or a reference: see {@link ModelReference}
     * @throws HubException if it cannot be had; what came already is kept
     * @throws IOException if this disk fails
     */
    public Pulled pull(String name, PullProgress progress)
            throws IOException, InterruptedException {
        Optional<ModelReference> known = Catalogue.find(name);
        ModelReference reference = known.isPresent() ? known.get() : ModelReference.parse(name);
        Patience waits = new Patience(pauses, progress);
        try (HubConnection connection = new HubConnection(settings, patience)) {
            Repository repository = new RepositoryListing(connection, waits).read(reference);
            FileChoice chosen = FileChoice.of(repository, reference.file()).checked();
            FileChoice model =
                    known.isPresent()
                            ? new FileChoice(
                                    Catalogue.localName(name), chosen.isFolder(), chosen.files())
                            : chosen;
            if (model.name().isEmpty()
                    || model.name().endsWith(".part")
                    || model.name().startsWith(".")) {
                throw HubException.answer(
                        "the model would be called '%s', a name kept for unfinished downloads"
                                .formatted(model.name()));
            }
            model.files().forEach(Hub::requireStorable);
            Files.createDirectories(models);
            return fetch(model, new Download(connection, waits, repository), repository, progress);
        }
    }

    /** File systems take names up to a length, and in some locales only some letters. */
    private static void requireStorable(HubFile file) {
        int bytes = file.name().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_NAME) {
            throw HubException.answer(
                    "the file %s has a name of %d bytes; expected at most %d"
                            .formatted(HubFile.shown(file.name()), bytes, LONGEST_NAME));
        }
        try {
            Path _ = Path.of(file.name());
        } catch (InvalidPathException unknown) {
            throw HubException.local(
                    "the file name '%s' cannot be written here (%s); set a locale with UTF-8, such as LC_ALL=C.UTF-8"
                            .formatted(HubFile.shown(file.name()), unknown.getReason()));
        }
    }

    private Pulled fetch(
            FileChoice model, Download download, Repository repository, PullProgress progress)
            throws IOException, InterruptedException {
        Path finished = models.resolve(model.name() + (model.isFolder() ? "" : ".gguf"));
        try (Staging staging = Staging.open(models, model.name())) {
            long fetched = 0;
            if (Files.exists(finished, LinkOption.NOFOLLOW_LINKS)) {
                checkSame(model, finished, progress);
                staging.discard();
            } else {
                staging.keepOnly(model.files());
                staging.checkRoom(model.files());
                long before = 0;
                for (HubFile file : model.files()) {
                    long start = before;
                    fetched +=
                            download.fetch(
                                    file,
                                    staging.folder(),
                                    done -> progress.at(file.name(), start + done, model.bytes()));
                    before += file.size();
                }
                staging.publish(model, finished);
            }
            return new Pulled(
                    model.name(),
                    finished,
                    model.bytes(),
                    fetched,
                    repository.name(),
                    repository.commit());
        }
    }

    private static void checkSame(FileChoice model, Path finished, PullProgress progress)
            throws IOException {
        long checked = 0;
        for (HubFile file : model.files()) {
            Path there = model.isFolder() ? finished.resolve(file.name()) : finished;
            if (!Download.isThere(file, there)) {
                throw HubException.local(
                        "%s is there already and is not what the hub has now (%s differs); keep it, or remove it with './cachalot rm %s' and pull again"
                                .formatted(finished, file.name(), model.name()));
            }
            checked += file.size();
            progress.at(file.name(), checked, model.bytes());
        }
    }
}
