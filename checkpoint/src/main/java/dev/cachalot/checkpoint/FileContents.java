package dev.cachalot.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What the headers of a checkpoint say; every range in it has been checked against the files.
 *
 * @param format the format's name and version, for people
 */
record FileContents(
        String format, Metadata metadata, Optional<Metadata> config, List<TensorInfo> tensors) {}
