package dev.cachalot.eval;

import dev.cachalot.chat.ChatDelta;
import dev.cachalot.chat.ChatFinishReason;
import dev.cachalot.chat.ChatOptions;
import dev.cachalot.chat.ChatService;
import dev.cachalot.chat.ChatStream;
import dev.cachalot.engine.GenerationException;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.tasks.Problem;
import dev.cachalot.tasks.Verifier;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Thinking;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;

/**
 * Asks a model problems, several at a time, greedily, each as a conversation of its own, and grades
 * the answers.
 *
 * @param maxTokens most tokens of an answer, reasoning included
 * @param concurrency problems in work at once
 */
public record Evaluation(ChatService chat, Thinking thinking, int maxTokens, int concurrency) {

    /**
     * The graded answers, in the order of the problems.
     *
     * @param progress told how many are done, by the calling thread
     * @throws GenerationException if the engine refuses a problem or fails
     * @throws InterruptedException if the calling thread is interrupted; open answers are cancelled
     */
    public List<GradedAnswer> run(List<Problem> problems, IntConsumer progress)
            throws InterruptedException {
        Semaphore room =
                new Semaphore(concurrency); // the engine's queue is bounded: no more than it takes
        List<Future<GradedAnswer>> pending = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Problem problem : problems) {
                pending.add(
                        threads.submit(
                                () -> {
                                    room.acquire();
                                    try {
                                        return ask(problem);
                                    } finally {
                                        room.release();
                                    }
                                }));
            }
            boolean whole = false;
            try {
                List<GradedAnswer> answers = new ArrayList<>();
                for (Future<GradedAnswer> each : pending) {
                    answers.add(each.get());
                    progress.accept(answers.size());
                }
                whole = true;
                return answers;
            } finally {
                if (!whole) {
                    threads.shutdownNow(); // interrupts, and so cancels, the open answers
                }
            }
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof GenerationException refusal) {
                throw refusal; // it says what to do
            }
            throw new EvaluationException(
                    "the model failed to answer: " + failure.getMessage(), failure);
        }
    }

    private GradedAnswer ask(Problem problem) {
        ChatOptions options =
                new ChatOptions(thinking, maxTokens, SamplingParameters.greedy(), List.of());
        StringBuilder reasoning = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        try (ChatStream stream =
                chat.open(new Conversation(List.of(Message.user(problem.question()))), options)) {
            for (ChatDelta delta : stream) {
                switch (delta) {
                    case ChatDelta.Reasoning(String text) -> reasoning.append(text);
                    case ChatDelta.Answer(String text) -> answer.append(text);
                    case ChatDelta.ToolCallBegin _, ChatDelta.ToolCallArguments _ -> {
                        // no tool is on offer
                    }
                }
            }
            boolean finished = stream.outcome().reason() == ChatFinishReason.STOP;
            return new GradedAnswer(
                    problem,
                    reasoning.toString(),
                    answer.toString(),
                    finished && Verifier.isCorrect(problem, answer.toString()),
                    finished,
                    stream.outcome().usage().completionTokens());
        }
    }
}
