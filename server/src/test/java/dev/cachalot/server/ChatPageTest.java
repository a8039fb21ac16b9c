package dev.cachalot.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.chat.ByteTokenizer;
import dev.cachalot.chat.ScriptedGenerator;
import dev.cachalot.engine.Refusals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The page in a real browser; skipped where no Chromium is found. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatPageTest {
    private static final String THOUGHTS =
            "47 + 85: ones first.\n7 + 5 = 12, write 2, carry 1.\n4 + 8 + 1 = 13.\nSo it is 132.";
    private static final Path SHOTS = Path.of("target", "screenshots");

    private Chromium browser;

    @BeforeAll
    void start() throws IOException {
        Optional<Path> binary = Chromium.find();
        Assumptions.assumeTrue(
                binary.isPresent(),
                "no chromium on the PATH and none named by CHROMIUM: the page is not tested");
        browser = new Chromium(binary.get(), "en-GB,en");
    }

    @AfterAll
    void stop() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    private Served open(ScriptedGenerator generator) {
        Served served = new Served(generator);
        browser.size(1100, 760, false);
        browser.complaints.clear();
        browser.requested.clear();
        browser.open(served.server.url());
        browser.await("document.activeElement?.id === 'question'");
        browser.await("document.querySelector('.model')?.innerText === 'fake'");
        return served;
    }

    private void assertNoComplaints(Served served) {
        assertThat(browser.complaints).isEmpty();
        assertThat(browser.requested)
                .isNotEmpty()
                .allMatch(url -> url.startsWith(served.server.url().toString()));
    }

    @Test
    void personAsksAndSeesThinkingFoldedWithItsTimeAndTheAnswer() throws IOException {
        ScriptedGenerator generator =
                ScriptedGenerator.saying(THOUGHTS + "</think>47 + 85 = 132").slowly(6);
        try (Served served = open(generator)) {
            browser.screenshot(SHOTS.resolve("empty.png"));
            browser.type("What is 47 + 85?");
            browser.press("Enter", false);
            browser.await("document.querySelector('.thoughts[open] .text') !== null");
            browser.await("document.querySelector('.thoughts .text').textContent.length > 60");
            browser.screenshot(SHOTS.resolve("thinking.png"));
            browser.await("document.querySelector('.tools') !== null");
            assertThat(browser.text(".question")).isEqualTo("What is 47 + 85?");
            assertThat(browser.text(".answer > .text")).isEqualTo("47 + 85 = 132");
            assertThat(browser.text(".thoughts summary")).matches("Thought for \\d+(\\.\\d)? s");
            assertThat(browser.eval("document.querySelector('.thoughts').open")).isEqualTo("false");
            browser.screenshot(SHOTS.resolve("answer.png"));
            browser.click(".thoughts summary");
            assertThat(browser.text(".thoughts .text")).isEqualTo(THOUGHTS);
            browser.size(1100, 760, true);
            browser.screenshot(SHOTS.resolve("answer-dark.png"));
            assertThat(browser.eval("document.activeElement.id")).isEqualTo("question");
            assertNoComplaints(served);
        }
    }

    @Test
    void conversationGoesOnWithoutTheThinkingAndANewOneForgets() {
        ScriptedGenerator generator = ScriptedGenerator.saying("hm</think>four");
        try (Served served = open(generator)) {
            browser.type("one");
            browser.press("Enter", true);
            browser.type("two");
            browser.press("Enter", false);
            browser.await("document.querySelectorAll('.tools').length === 1");
            browser.type("again");
            browser.press("Enter", false);
            browser.await("document.querySelectorAll('.tools').length === 2");
            browser.click("header button.quiet");
            browser.await("document.querySelector('.welcome') !== null");
            browser.click("#thinking");
            browser.await("document.querySelector('#thinking').ariaPressed === 'false'");
            browser.click(".examples button");
            browser.await("document.querySelectorAll('.tools').length === 1");
            assertNoComplaints(served);
        }
        ByteTokenizer tokenizer = new ByteTokenizer();
        assertThat(generator.requests)
                .extracting(request -> tokenizer.decode(request.prompt()))
                .satisfiesExactly(
                        first -> assertThat(first).contains("one\ntwo").endsWith("<think>"),
                        second -> assertThat(second).contains("four").doesNotContain("hm"),
                        third -> assertThat(third).doesNotContain("four").endsWith("</think>"));
    }

    @Test
    void markupFromAModelIsText() {
        String attack =
                "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'"
                        + "</script>";
        try (Served served = open(ScriptedGenerator.saying(attack + "</think>" + attack))) {
            browser.type(attack);
            browser.press("Enter", false);
            browser.await("document.querySelector('.tools') !== null");
            assertThat(browser.text(".answer > .text")).isEqualTo(attack);
            assertThat(browser.text(".question .text")).isEqualTo(attack);
            assertThat(browser.eval("document.querySelectorAll('.log img, .log script').length"))
                    .isEqualTo("0");
            assertThat(browser.eval("document.title")).isEqualTo("Cachalot");
            assertNoComplaints(served);
        }
    }

    @Test
    void stopEndsTheAnswerAndTheGeneration() throws Exception {
        ScriptedGenerator generator = ScriptedGenerator.saying("long ".repeat(2000)).slowly(30);
        try (Served served = open(generator)) {
            browser.type("count");
            browser.press("Enter", false);
            browser.await("document.querySelector('.thoughts .text') !== null");
            browser.press("Escape", false);
            browser.await("document.querySelector('.note')?.innerText === 'Stopped.'");
            assertThat(generator.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
            browser.await("document.querySelector('#send') !== null");
            assertNoComplaints(served);
        }
    }

    @Test
    void problemsAreSaidInWordsAndCanBeTriedAgain() throws IOException {
        try (Served _ = open(ScriptedGenerator.refusing(Refusals::overloaded))) {
            browser.type("hello");
            browser.press("Enter", false);
            browser.await("document.querySelector('.problem') !== null");
            assertThat(browser.text(".problem")).contains("busy").contains("Try again");
            browser.screenshot(SHOTS.resolve("busy.png"));
        }
        browser.click(".problem button"); // the server is gone now
        browser.await("document.querySelector('.problem')?.innerText.includes('reached')");
        try (Served _ =
                open(ScriptedGenerator.refusing(() -> Refusals.overflow(900, Served.CONTEXT)))) {
            browser.type("hello");
            browser.press("Enter", false);
            browser.await(
                    "document.querySelector('.problem')?.innerText.includes('Start a new chat')");
        }
    }

    @Test
    void phoneShowsEverythingWithoutScrollingSideways() throws IOException {
        String wide = "W".repeat(300) + "</think>" + "1234567890".repeat(40);
        try (Served served = open(ScriptedGenerator.saying(wide))) {
            browser.size(360, 640, false);
            browser.screenshot(SHOTS.resolve("phone-empty.png"));
            browser.type("a long word: " + "x".repeat(200));
            browser.press("Enter", false);
            browser.await("document.querySelector('.tools') !== null");
            browser.screenshot(SHOTS.resolve("phone.png"));
            assertThat(browser.eval("document.scrollingElement.scrollWidth")).isEqualTo("360");
            assertThat(browser.eval("document.querySelector('main').scrollWidth <= 360"))
                    .isEqualTo("true");
            assertThat(
                            browser.eval(
                                    "document.querySelector('#send').getBoundingClientRect().bottom"
                                            + " <= 640"))
                    .isEqualTo("true");
            assertNoComplaints(served);
        }
    }

    @Test
    void pageSpeaksTheBrowsersLanguage() throws IOException {
        for (String[] expected :
                new String[][] {
                    {"zh-CN,en", "zh", "想算点什么？"},
                    {"es-MX", "es", "¿Qué resolvemos hoy?"},
                    {"fi,de", "en", "What shall we work out?"}
                }) {
            browser.language(expected[0]);
            try (Served _ = open(ScriptedGenerator.saying("4"))) {
                assertThat(browser.eval("document.documentElement.lang")).isEqualTo(expected[1]);
                assertThat(browser.text(".welcome h2")).isEqualTo(expected[2]);
                browser.screenshot(SHOTS.resolve("empty-" + expected[0] + ".png"));
            } finally {
                browser.language("en-GB,en");
            }
        }
    }
}
