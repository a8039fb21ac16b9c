package dev.cachalot.checkpoint.repack;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cachalot.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a {@link RepackedFile} holds. The file: a head of {@value #HEAD_BYTES} bytes (magic,
 * version, where the index lies, its length and CRC-32C, big-endian), the weights, each at a
 * multiple of 64, and the index: the source's words, then for each weight a fingerprint, its offset
 * and its bytes.
 *
 * @param source what tells versions of the model apart
 * @param entries in the order in which the kernels ask for them
 */
record RepackedIndex(String source, List<Entry> entries) {
    static final int HEAD_BYTES = 4096;

    private static final long MAGIC = 0x4361_6368_5469_6c65L; // "CachTile"
    private static final int VERSION = 1; // changes when a layout of the kernels changes
    private static final int MOST_INDEX = 64 << 20;
    private static final int SAMPLES = 4;
    private static final int SAMPLE_BYTES = 1024;

    /**
     * A weight.
     *
     * @param fingerprint of its source: type, shape, and CRC-32C of samples of its numbers
     */
    record Entry(long fingerprint, long offset, long bytes) {
        static Entry of(Tensor weight, long bytes) {
            CRC32C sum = new CRC32C();
            sum.update((weight.dtype() + " " + weight.shape()).getBytes(UTF_8));
            MemorySegment all = weight.segment();
            for (int i = 0; i < SAMPLES; i++) {
                long size = Math.min(SAMPLE_BYTES, all.byteSize());
                long at = (all.byteSize() - size) / (SAMPLES - 1) * i;
                sum.update(all.asSlice(at, size).asByteBuffer());
            }
            return new Entry(sum.getValue(), 0, bytes);
        }

        Entry at(long place) {
            return new Entry(fingerprint, place, bytes);
        }

        boolean isAlike(Entry other) {
            return fingerprint == other.fingerprint && bytes == other.bytes;
        }
    }

    /**
     * The number of the first entry alike, from {@code start} on; -1 for none. Entries in between
     * are those of kernels that lay out more than the ones that ask.
     */
    int find(Entry wanted, int start) {
        for (int i = start; i < entries.size(); i++) {
            if (entries.get(i).isAlike(wanted)) {
                return i;
            }
        }
        return -1;
    }

    /** Bytes up to the end of the last weight. */
    long bytes() {
        return entries.stream().mapToLong(entry -> entry.offset + entry.bytes).max().orElse(0);
    }

    byte[] encoded() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(source);
            out.writeInt(entries.size());
            for (Entry entry : entries) {
                out.writeLong(entry.fingerprint);
                out.writeLong(entry.offset);
                out.writeLong(entry.bytes);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static byte[] head(long at, byte[] index) {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.putLong(MAGIC).putInt(VERSION).putLong(at).putInt(index.length).putLong(crc(index));
        return head.array();
    }

    private static long crc(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return sum.getValue();
    }

    /** The index of a file; empty when there is none, or none of this version and source. */
    static Optional<RepackedIndex> read(Path path, String source) throws IOException {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(32);
            if (channel.size() < HEAD_BYTES || channel.read(head, 0) < 32) {
                return Optional.empty();
            }
            head.flip();
            if (head.getLong() != MAGIC || head.getInt() != VERSION) {
                return Optional.empty();
            }
            long at = head.getLong();
            int length = head.getInt();
            long crc = head.getLong();
            if (length < 0
                    || length > MOST_INDEX
                    || at < HEAD_BYTES
                    || at != channel.size() - length) {
                return Optional.empty();
            }
            ByteBuffer index = ByteBuffer.allocate(length);
            while (index.hasRemaining() && channel.read(index, at + index.position()) > 0) {}
            if (index.hasRemaining() || crc(index.array()) != crc) {
                return Optional.empty();
            }
            return decoded(index.array(), at).filter(found -> found.source.equals(source));
        }
    }

    private static Optional<RepackedIndex> decoded(byte[] bytes, long end) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            String source = in.readUTF();
            int count = in.readInt();
            if (count < 0 || count > bytes.length / 24) {
                return Optional.empty();
            }
            List<Entry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                Entry entry = new Entry(in.readLong(), in.readLong(), in.readLong());
                if (entry.offset < HEAD_BYTES
                        || entry.offset % 64 != 0
                        || entry.bytes < 0
                        || entry.bytes > end - entry.offset) {
                    return Optional.empty();
                }
                entries.add(entry);
            }
            return Optional.of(new RepackedIndex(source, List.copyOf(entries)));
        }
    }
}
