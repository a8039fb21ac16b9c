package dev.cachalot.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What the backward pass needs of a forward: each layer records the tensors it made, in the order
 * of the forward; the backward pass takes them back in reverse. A forward that is traced keeps its
 * tensors in the workspace. Serving passes {@link #none()}.
 */
public final class ForwardTrace {
    private final boolean recording;
    private final List<Object> records = new ArrayList<>(); // owned by the thread of the pass

    private ForwardTrace(boolean recording) {
        this.recording = recording;
    }

    /** Keeps nothing. */
    public static ForwardTrace none() {
        return new ForwardTrace(false);
    }

    /** Keeps everything. */
    public static ForwardTrace recording() {
        return new ForwardTrace(true);
    }

    /** Whether the forward must keep its tensors. */
    public boolean isRecording() {
        return recording;
    }

    void record(Object entry) {
        if (recording) {
            records.add(entry);
        }
    }

    /** All records of a type that are left, in the order of the forward; they stay. */
    public <T> List<T> all(Class<T> type) {
        return records.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Takes back the latest record, which must be of the given type. */
    public <T> T takeLast(Class<T> type) {
        return type.cast(records.removeLast());
    }
}
