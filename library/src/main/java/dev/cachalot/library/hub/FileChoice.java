package dev.cachalot.library.hub;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What of a repository makes a model: one GGUF file, a set of split ones, or a folder of
 * safetensors with configuration and tokenizer.
 *
 * @param name on this disk, without an ending
 * @param isFolder whether the files lie in a folder of that name
 */
record FileChoice(String name, boolean isFolder, List<HubFile> files) {
    private static final String GGUF = ".gguf";
    private static final Pattern SPLIT =
            Pattern.compile("(.*?)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.CASE_INSENSITIVE);
    private static final int MOST_SHOWN = 40;

    /** Without a wish: small enough for many machines, close enough to the original. */
    private static final List<String> PREFERRED =
            List.of(
                    "Q4_K_M", "Q4_K_S", "Q5_K_M", "Q5_K_S", "Q4_0", "Q6_K", "Q8_0", "IQ4_XS",
                    "BF16", "F16", "F32");

    /** What comes along with safetensors. */
    private static final Set<String> COMPANIONS =
            Set.of(
                    "config.json",
                    "generation_config.json",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "tokenizer.model",
                    "special_tokens_map.json",
                    "added_tokens.json",
                    "vocab.json",
                    "merges.txt",
                    "chat_template.jinja",
                    "chat_template.json",
                    "model.safetensors.index.json");

    FileChoice {
        files = List.copyOf(files);
    }

    long bytes() {
        return files.stream().mapToLong(HubFile::size).sum();
    }

    /**
     * Chooses.
     *
     * @param wanted a path, a file's name, or words of it; empty for whatever is sensible
     * @throws HubException if nothing fits, or several do: names them
     */
    static FileChoice of(Repository repository, Optional<String> wanted) {
        List<FileChoice> models = ggufs(repository);
        if (models.isEmpty() && wanted.isEmpty()) {
            return safetensors(repository);
        }
        if (wanted.isPresent()) {
            List<FileChoice> fitting =
                    models.stream().filter(each -> each.fits(wanted.get())).toList();
            if (fitting.size() == 1) {
                return fitting.getFirst();
            }
            throw choice(
                    fitting.isEmpty()
                            ? "no model file of %s fits '%s'"
                                    .formatted(repository.name(), wanted.get())
                            : "'%s' fits several files of %s"
                                    .formatted(wanted.get(), repository.name()),
                    repository,
                    fitting.isEmpty() ? models : fitting);
        }
        if (models.size() == 1) {
            return models.getFirst();
        }
        for (String type : PREFERRED) {
            List<FileChoice> fitting = models.stream().filter(each -> each.fits(type)).toList();
            if (fitting.size() == 1) {
                return fitting.getFirst();
            }
            if (fitting.size() > 1) {
                throw choice(
                        repository.name() + " holds several models of type " + type,
                        repository,
                        fitting);
            }
        }
        throw choice(repository.name() + " holds several models", repository, models);
    }

    private static HubException choice(
            String found, Repository repository, List<FileChoice> among) {
        if (among.isEmpty()) {
            return new HubException(
                    HubException.Reason.CHOICE, found + "; it holds no GGUF file at all");
        }
        String list =
                among.stream()
                        .limit(MOST_SHOWN)
                        .map(each -> "%s (%s)".formatted(each.name(), Sizes.shown(each.bytes())))
                        .reduce((a, b) -> a + ", " + b)
                        .orElse("");
        return new HubException(
                HubException.Reason.CHOICE,
                "%s; name one as %s:FILE: %s%s"
                        .formatted(
                                found,
                                repository.name(),
                                list,
                                among.size() > MOST_SHOWN
                                        ? " and %d more".formatted(among.size() - MOST_SHOWN)
                                        : ""));
    }

    private static List<FileChoice> ggufs(Repository repository) {
        Map<String, List<HubFile>> sets = new LinkedHashMap<>();
        for (HubFile file : repository.files()) {
            String name = file.name().toLowerCase(Locale.ROOT);
            if (!name.endsWith(GGUF)
                    || name.contains("mmproj")
                    || name.contains("imatrix")) { // parts of pictures, statistics: no models
                continue;
            }
            Matcher split = SPLIT.matcher(file.path());
            String key = split.matches() ? split.group(1) + "-of-" + split.group(3) : file.path();
            sets.computeIfAbsent(key, _ -> new ArrayList<>()).add(file);
        }
        return sets.values().stream().map(FileChoice::gguf).toList();
    }

    private static FileChoice gguf(List<HubFile> files) {
        HubFile first = files.getFirst();
        Matcher split = SPLIT.matcher(first.name());
        if (!split.matches()) {
            String name = first.name();
            return new FileChoice(name.substring(0, name.length() - GGUF.length()), false, files);
        }
        List<HubFile> sorted = files.stream().sorted(Comparator.comparing(HubFile::path)).toList();
        return new FileChoice(split.group(1), true, sorted);
    }

    /** Split sets with files missing cannot be fetched. */
    FileChoice checked() {
        if (!isFolder || !files.getFirst().name().toLowerCase(Locale.ROOT).endsWith(GGUF)) {
            return this;
        }
        for (int i = 0; i < files.size(); i++) {
            Matcher split = SPLIT.matcher(files.get(i).name());
            boolean inOrder =
                    split.matches()
                            && Integer.parseInt(split.group(2)) == i + 1
                            && Integer.parseInt(split.group(3)) == files.size();
            if (!inOrder) {
                throw HubException.answer(
                        "the hub lists %d files of the split model %s, among them %s; expected numbers 00001 to as many as the names say"
                                .formatted(files.size(), name, files.get(i).name()));
            }
        }
        return this;
    }

    /** Whether a file's path, its name, the set's name, or words of it were meant. */
    private boolean fits(String wanted) {
        String lower = wanted.toLowerCase(Locale.ROOT);
        HubFile first = files.getFirst();
        return first.path().equalsIgnoreCase(wanted)
                || first.name().equalsIgnoreCase(wanted)
                || name.equalsIgnoreCase(wanted)
                || isWord(name.toLowerCase(Locale.ROOT), lower);
    }

    /** {@code q4_k} is no word of {@code x-q4_k_m}, and {@code q4_k_m} is one. */
    private static boolean isWord(String name, String word) {
        for (int at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
            int end = at + word.length();
            if ((at == 0 || "-. ".indexOf(name.charAt(at - 1)) >= 0)
                    && (end == name.length() || "-. ".indexOf(name.charAt(end)) >= 0)) {
                return !word.isEmpty();
            }
        }
        return false;
    }

    private static FileChoice safetensors(Repository repository) {
        List<HubFile> top =
                repository.files().stream().filter(file -> !file.path().contains("/")).toList();
        List<HubFile> weights =
                top.stream().filter(file -> file.name().endsWith(".safetensors")).toList();
        if (weights.stream().anyMatch(file -> file.name().startsWith("model"))) {
            weights = // the same weights in another cut may lie beside
                    weights.stream().filter(file -> file.name().startsWith("model")).toList();
        }
        boolean configured = top.stream().anyMatch(file -> file.name().equals("config.json"));
        if (weights.isEmpty() || !configured) {
            throw new HubException(
                    HubException.Reason.CHOICE,
                    "%s holds no GGUF file, and no config.json with safetensors; it holds %s"
                            .formatted(
                                    repository.name(),
                                    repository.files().stream()
                                            .limit(10)
                                            .map(HubFile::path)
                                            .toList()));
        }
        List<HubFile> all =
                Stream.concat(
                                top.stream().filter(file -> COMPANIONS.contains(file.name())),
                                weights.stream())
                        .toList();
        return new FileChoice(
                repository.name().substring(repository.name().indexOf('/') + 1), true, all);
    }
}
