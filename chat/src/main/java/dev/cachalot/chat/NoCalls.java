package dev.cachalot.chat;

/** Everything is content. */
final class NoCalls extends CallGrammar {
    NoCalls(SpokenDeltas deltas) {
        super(deltas);
    }

    @Override
    void accept(char c) {
        deltas.content(c);
    }

    @Override
    void mark(String mark, boolean token) {
        deltas.content(mark);
    }

    @Override
    void finish() {}
}
