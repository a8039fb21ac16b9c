package dev.cachalot.train;

import dev.cachalot.tasks.Kind;
import dev.cachalot.tasks.Language;
import dev.cachalot.tasks.Problem;
import dev.cachalot.tasks.Problems;
import dev.cachalot.tasks.Split;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Generated problems in the chat form, some with their reasoning and some answered directly. */
final class ProblemExamples implements ExampleSource {
    private final DataRecipe data;
    private final Split split;
    private final long seed;
    private final ChatTemplate template;
    private final Map<Language, Double> languages;
    private final Map<Kind, Double> kinds;

    /**
     * @param split small talk is left out of the test split, which has none
     */
    ProblemExamples(DataRecipe data, Split split, long seed, ChatTemplate template) {
        this.data = data;
        this.split = split;
        this.seed = seed;
        this.template = template;
        languages = data.languageShares();
        kinds = data.kindShares();
        if (split == Split.TEST) {
            kinds.put(Kind.SMALL_TALK, 0.0);
        }
    }

    @Override
    public TrainingExample example(long index) {
        long wrapped = data.problems() == 0 ? index : index % data.problems();
        Problem problem = problem(wrapped);
        Message answer =
                isThinking(wrapped)
                        ? Message.assistant(problem.reasoning(), problem.answer())
                        : Message.assistant(problem.answer());
        List<Message> messages = earlier(wrapped);
        messages.add(Message.user(problem.question()));
        messages.add(answer);
        return template.example(new Conversation(messages));
    }

    /** The conversation before an example's question: empty for most. */
    private List<Message> earlier(long index) {
        List<Message> messages = new ArrayList<>();
        SplittableRandom random = Numbers.randomOf(~seed, index);
        if (random.nextDouble() < data.earlierTurns()) {
            for (int turns = 1 + random.nextInt(2); turns > 0; turns--) {
                Problem problem =
                        Problems.next(random, draw(random, languages), draw(random, kinds), split);
                messages.add(Message.user(problem.question()));
                messages.add(Message.assistant(problem.answer()));
            }
        }
        return messages;
    }

    /** The problem of an example. */
    Problem problem(long index) {
        SplittableRandom random = Numbers.randomOf(seed, index);
        Language language = draw(random, languages);
        Kind kind = draw(random, kinds);
        return Problems.next(random, language, kind, split);
    }

    /**
     * Whether an example reasons. Of any first n examples {@code floor(n * share)} do: both ways
     * see equally many problems at a share of one half.
     */
    boolean isThinking(long index) {
        double share = data.thinkingShare();
        return Math.floor((index + 1) * share) > Math.floor(index * share);
    }

    private static <E extends Enum<E>> E draw(SplittableRandom random, Map<E, Double> shares) {
        double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        if (!(sum > 0)) {
            throw new TrainingSetupException(
                    "no kind of problem with a share above 0 is left in this split; add one of "
                            + Kind.arithmetic()
                            + " to 'kinds', or set 'eval-every' to 0");
        }
        double at = random.nextDouble() * sum;
        E last = shares.keySet().iterator().next();
        for (Map.Entry<E, Double> share : shares.entrySet()) {
            if (share.getValue() > 0) {
                last = share.getKey();
                at -= share.getValue();
                if (at < 0) {
                    return last;
                }
            }
        }
        return last; // rounding left a crumb
    }
}
