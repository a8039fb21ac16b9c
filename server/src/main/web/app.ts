import { render } from "lit";
import { Chat, type Turn } from "./chat";
import { language } from "./texts";
import { grow, view, type Actions, type Page } from "./view";
import "./app.css";

const COPIED_FOR = 1500; // milliseconds
const NEAR_END = 80; // pixels

const { code, texts } = language(navigator.languages);
document.documentElement.lang = code;
const root = document.getElementById("app")!;
const page: Page = {
  texts,
  numbers: new Intl.NumberFormat(code, { maximumFractionDigits: 1 }),
  draft: "",
  copied: undefined,
};
const chat = new Chat(schedule);

const actions: Actions = {
  ask(question) {
    const text = question.trim();
    if (text === "" || chat.busy) {
      return;
    }
    page.draft = "";
    void chat.ask(text);
    draw(true);
    const area = field();
    grow(area);
    area.focus();
  },
  copy(turn) {
    void navigator.clipboard.writeText(turn.text).then(() => mark(turn));
  },
  newChat() {
    chat.clear();
    field().focus();
  },
};

function mark(turn: Turn): void {
  page.copied = turn;
  schedule();
  setTimeout(() => {
    page.copied = page.copied === turn ? undefined : page.copied;
    schedule();
  }, COPIED_FOR);
}

function field(): HTMLTextAreaElement {
  return document.getElementById("question") as HTMLTextAreaElement;
}

let scheduled = false;

/** Draws once a frame, however many pieces came. */
function schedule(): void {
  if (!scheduled) {
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      draw(false);
    });
  }
}

/** Follows the answer down unless the reader has scrolled up. */
function draw(toEnd: boolean): void {
  const before = document.getElementById("scroll");
  const follow =
    toEnd || !before || before.scrollHeight - before.scrollTop - before.clientHeight < NEAR_END;
  render(view(chat, page, actions), root);
  if (follow) {
    const scroll = document.getElementById("scroll");
    scroll?.scrollTo({ top: scroll.scrollHeight });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && chat.busy) {
    chat.stop();
  }
});
// Keeps the thinking's clock running between two pieces.
setInterval(() => {
  if (chat.busy) {
    schedule();
  }
}, 200);

draw(true);
field().focus();
void chat.start();
