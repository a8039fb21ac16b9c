package dev.cachalot.library.hub;

import dev.cachalot.library.hub.HubConnection.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches one file: into a {@code .part} that a later try goes on with, and under its own name only
 * when size and checksum are right.
 */
final class Download {
    private static final int BUFFER = 1 << 18;
    private static final long WORTH = 1L << 20; // bytes after which a cut is a fresh one
    private static final Pattern RANGE =
            Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final HubConnection connection;
    private final Patience patience;
    private final Repository repository;
    private final byte[] buffer = new byte[BUFFER];

    Download(HubConnection connection, Patience patience, Repository repository) {
        this.connection = connection;
        this.patience = patience;
        this.repository = repository;
    }

    /** The name of the part: another version's part is never gone on with. */
    static String partName(HubFile file) {
        String sum = file.sha256().or(file::blobId).orElseThrow();
        return file.name() + "." + sum.substring(0, 12) + ".part";
    }

    /** Whether a file on this disk is this one, to the last bit. */
    static boolean isThere(HubFile file, Path path) throws IOException {
        if (!Files.isRegularFile(path) || Files.size(path) != file.size()) {
            return false;
        }
        Checksum sum = Checksum.of(file);
        try (FileChannel bytes = FileChannel.open(path, StandardOpenOption.READ)) {
            addAll(bytes, file.size(), sum, new byte[BUFFER]);
        }
        return sum.matches();
    }

    private static void addAll(FileChannel from, long length, Checksum sum, byte[] buffer)
            throws IOException {
        from.position(0);
        for (long done = 0; done < length; ) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, length - done));
            int count = from.read(bytes);
            if (count < 0) {
                throw new IOException("the file became shorter while it was read");
            }
            sum.add(bytes.flip());
            done += count;
        }
    }

    /**
     * Fetches a file into a folder, unless it is there already.
     *
     * @param progress bytes of it on this disk
     * @return bytes that came over the network
     */
    long fetch(HubFile file, Path folder, LongConsumer progress)
            throws IOException, InterruptedException {
        Path done = folder.resolve(file.name());
        if (isThere(file, done)) {
            progress.accept(file.size());
            return 0;
        }
        Files.deleteIfExists(done);
        Path part = folder.resolve(partName(file));
        long fetched = 0;
        boolean fresh = false;
        while (true) {
            try (FileChannel to =
                    FileChannel.open(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                long had = to.size();
                fresh = had == 0;
                Part state = new Part(file, part, to, progress);
                fetched += state.fill();
                if (state.sum.matches()) {
                    to.force(true);
                    break;
                }
            } catch (ClosedByInterruptException interrupted) {
                throw new InterruptedException("the download was interrupted");
            }
            Files.delete(part);
            if (fresh) { // else an older run's part may be to blame: once more from the start
                throw HubException.answer(
                        "%s came with another checksum than the hub gives for it (%s); it was thrown away, try again or another mirror"
                                .formatted(file.path(), file.sha256().or(file::blobId).orElse("")));
            }
        }
        Files.move(part, done, StandardCopyOption.ATOMIC_MOVE);
        return fetched;
    }

    /** A file on its way. */
    private final class Part {
        private final HubFile file;
        private final Path path;
        private final FileChannel to;
        private final LongConsumer progress;
        private Checksum sum;
        private long have; // bytes in the part, all in the sum
        private long furthest; // the most there ever were
        private long fetched;

        Part(HubFile file, Path path, FileChannel to, LongConsumer progress) throws IOException {
            this.file = file;
            this.path = path;
            this.to = to;
            this.progress = progress;
            this.sum = Checksum.of(file);
            have = to.size();
            if (have > file.size()) {
                restart();
            }
            addAll(to, have, sum, buffer);
            furthest = have;
            progress.accept(have);
        }

        private void restart() throws IOException {
            if (to.size() > 0) {
                to.truncate(0);
            }
            to.position(0);
            sum = Checksum.of(file);
            have = 0;
        }

        /** Fetches what is missing; returns how much came. */
        long fill() throws IOException, InterruptedException {
            URI address = connection.address(repository.path(file));
            while (have < file.size()) {
                try (Answer answer = connection.get(address, have)) {
                    check(answer);
                    if (answer.status() == 416) {
                        restart();
                        throw new TransientException(
                                answer.host() + " does not go on in the middle of " + file.path());
                    }
                    if (answer.status() == 200 && have > 0) {
                        restart(); // it knows no ranges
                    }
                    copy(answer);
                } catch (TransientException failure) {
                    patience.after(failure);
                }
            }
            return fetched;
        }

        private void copy(Answer answer) throws IOException, TransientException {
            while (true) {
                int count = answer.body().read(buffer, 0, buffer.length);
                if (count < 0) {
                    break;
                }
                if (have + count > file.size()) {
                    restart();
                    throw HubException.answer(
                            "%s sends more of %s than the %,d bytes that the hub lists; it was thrown away"
                                    .formatted(answer.host(), file.path(), file.size()));
                }
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
                sum.add(bytes.duplicate());
                write(bytes);
                have += count;
                fetched += count;
                if (have >= furthest + WORTH) {
                    furthest = have;
                    patience.reward();
                }
                progress.accept(have);
            }
            if (have < file.size()) {
                throw new TransientException(
                        "%s sent %,d of the %,d bytes of %s and ended"
                                .formatted(answer.host(), have, file.size(), file.path()));
            }
            patience.reward();
        }

        private void write(ByteBuffer bytes) throws ClosedByInterruptException {
            try {
                while (bytes.hasRemaining()) {
                    to.write(bytes);
                }
            } catch (ClosedByInterruptException interrupted) {
                throw interrupted;
            } catch (IOException full) {
                throw HubException.local(
                        "%s cannot be written (%s); make room on that disk and pull again: it goes on after the %,d bytes that are there"
                                .formatted(path, full.getMessage(), have));
            }
        }

        /** The answer must be about this file, this version and this place in it. */
        private void check(Answer answer) {
            linked(answer, "X-Linked-Size")
                    .filter(size -> !size.equals(Long.toString(file.size())))
                    .ifPresent(size -> contradicts("size", size, Long.toString(file.size())));
            linked(answer, "X-Linked-Etag")
                    .filter(tag -> HASH.matcher(tag).matches())
                    .filter(tag -> file.sha256().isPresent() && !file.sha256().get().equals(tag))
                    .ifPresent(tag -> contradicts("checksum", tag, file.sha256().orElse("")));
            linked(answer, "X-Repo-Commit")
                    .filter(commit -> !commit.equals(repository.commit()))
                    .ifPresent(commit -> contradicts("commit", commit, repository.commit()));
            if (answer.status() == 206) {
                checkRange(answer);
            } else if (answer.status() == 200) {
                answer.headers()
                        .firstValue("Content-Length")
                        .filter(length -> !length.equals(Long.toString(file.size())))
                        .ifPresent(
                                length -> contradicts("size", length, Long.toString(file.size())));
            } else if (have == 0) {
                throw HubException.answer(
                        "%s answers 416 to a request for the whole of %s"
                                .formatted(answer.host(), file.path()));
            }
        }

        private void checkRange(Answer answer) {
            String given = answer.headers().firstValue("Content-Range").orElse("");
            Matcher range = RANGE.matcher(given);
            boolean right =
                    range.matches()
                            && Long.parseLong(range.group(1)) == have
                            && Long.parseLong(range.group(2)) < file.size()
                            && (range.group(3).equals("*")
                                    || Long.parseLong(range.group(3)) == file.size());
            if (!right) {
                throw HubException.answer(
                        "%s sends the range '%s' of %s; expected bytes %d-%d/%d. What is here is kept"
                                .formatted(
                                        answer.host(),
                                        HubFile.shown(given),
                                        file.path(),
                                        have,
                                        file.size() - 1,
                                        file.size()));
            }
        }

        private void contradicts(String what, String found, String listed) {
            throw HubException.answer(
                    "the hub contradicts itself about %s: its list gives the %s %s, the file's answer %s"
                            .formatted(file.path(), what, listed, HubFile.shown(found)));
        }

        private static Optional<String> linked(Answer answer, String name) {
            return answer.ofHub()
                    .firstValue(name)
                    .map(text -> text.strip().replaceAll("^(W/)?\"|\"$", ""));
        }
    }
}
