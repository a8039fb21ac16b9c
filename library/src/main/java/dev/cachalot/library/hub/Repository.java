package dev.cachalot.library.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A repository at one commit.
 *
 * @param name {@code org/name}
 * @param commit of which everything is fetched, so that files of two versions never mix
 * @param files no path twice
 */
record Repository(String name, String commit, List<HubFile> files) {
    Repository {
        files = List.copyOf(files);
    }

    /** Where a file is asked for, below the hub's address. */
    String path(HubFile file) {
        return "/" + name + "/resolve/" + commit + "/" + escaped(file.path(), true);
    }

    /** A path with everything escaped that may not stand in an address. */
    static String escaped(String path, boolean keepSlashes) {
        String text = URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20");
        return keepSlashes ? text.replace("%2F", "/") : text;
    }
}
