package dev.cachalot.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Another target with its JSON changed as a tree: what comes out always parses, so that the reader
 * behind the parser is reached. The input's first byte chooses one of the other target's seeds, the
 * rest are the changes.
 */
final class TreeTarget implements Target {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Target of;
    private final int part; // of the input that is JSON
    private final int parts;
    private @Nullable List<byte[]> bases; // the other target's seeds, when first needed

    TreeTarget(String name, Target of, int part, int parts) {
        this.name = name;
        this.of = of;
        this.part = part;
        this.parts = parts;
    }

    private List<byte[]> bases() throws Exception {
        List<byte[]> known = bases;
        if (known == null) {
            known = List.copyOf(of.seeds().values());
            bases = known;
        }
        return known;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void read(byte[] input) throws Exception {
        of.read(changed(input));
    }

    private byte[] changed(byte[] input) throws Exception {
        List<byte[]> bases = bases();
        Changes changes = new Changes(input);
        byte[][] joined =
                Parts.of(bases.get(changes.below(bases.size())), parts).toArray(byte[][]::new);
        JsonNode tree = JSON.readTree(joined[part]);
        List<Place> places = new ArrayList<>();
        while (changes.hasNext()) {
            places.clear();
            collect(tree, places);
            if (places.isEmpty()) {
                break;
            }
            changes.change(places.get(changes.below(places.size())));
        }
        joined[part] = JSON.writeValueAsBytes(tree);
        return Parts.join(joined);
    }

    /** Where a value lies in a tree: under a key, or a number in a list. */
    record Place(JsonNode parent, String key, int index) {}

    private static void collect(JsonNode node, List<Place> places) {
        if (node.isObject()) {
            node.properties()
                    .forEach(
                            field -> {
                                places.add(new Place(node, field.getKey(), -1));
                                collectFew(field.getValue(), places);
                            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                places.add(new Place(node, "", i));
                collectFew(node.get(i), places);
            }
        }
    }

    /** Of a long list or a vocabulary only the start, or everything else is never chosen. */
    private static void collectFew(JsonNode node, List<Place> places) {
        if (node.size() <= 40) {
            collect(node, places);
            return;
        }
        List<Place> all = new ArrayList<>();
        collect(node, all);
        places.addAll(all.subList(0, 8));
        places.addAll(all.subList(all.size() - 8, all.size()));
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return of.refusals();
    }

    @Override
    public Map<String, byte[]> seeds() throws Exception {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        for (int i = 0; i < bases().size(); i++) {
            seeds.put("base-" + i, new byte[] {(byte) i});
        }
        return seeds;
    }
}
