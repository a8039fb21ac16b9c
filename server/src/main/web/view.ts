import { html, nothing, svg, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import type { Chat, Turn } from "./chat";
import type { Texts } from "./texts";

/** What a person can do on the page. */
export interface Actions {
  ask(question: string): void;
  copy(turn: Turn): void;
  newChat(): void;
}

/** What the page shows beside the conversation. */
export interface Page {
  texts: Texts;
  numbers: Intl.NumberFormat;
  draft: string;
  copied: Turn | undefined;
}

/** The whole page. All of a model's words are set as text, never as markup. */
export function view(chat: Chat, page: Page, actions: Actions): TemplateResult {
  const { texts } = page;
  return html`
    <header>
      <img src="icon.svg" alt="" width="30" height="30" />
      <h1>Cachalot</h1>
      ${modelChoice(chat, texts)}
      <button class="quiet" @click=${actions.newChat} ?disabled=${chat.turns.length === 0}>
        ${icon("M12 5v14M5 12h14")}<span>${texts.newChat}</span>
      </button>
    </header>
    <main id="scroll" tabindex="-1">
      ${chat.turns.length === 0
        ? welcome(chat, page, actions)
        : html`<div class="log" role="log" aria-live="off" aria-label=${texts.conversation}>
            ${repeat(
              chat.turns,
              (turn) => turn,
              (turn) => (turn.role === "user" ? question(turn, page) : reply(turn, chat, page, actions)),
            )}
          </div>`}
    </main>
    <footer>${composer(chat, page, actions)}<p>${texts.footer}</p></footer>
    <div class="unseen" role="status">${announcement(chat, texts)}</div>
  `;
}

function modelChoice(chat: Chat, texts: Texts): TemplateResult {
  if (chat.models.length < 2) {
    return html`<span class="model">${chat.model?.id ?? ""}</span>`;
  }
  const choose = (event: Event) => chat.choose((event.target as HTMLSelectElement).value);
  return html`<select class="model" aria-label=${texts.model} @change=${choose}>
    ${chat.models.map(
      ({ id }) => html`<option value=${id} ?selected=${id === chat.model?.id}>${id}</option>`,
    )}
  </select>`;
}

function welcome(chat: Chat, { texts }: Page, actions: Actions): TemplateResult {
  return html`<div class="welcome">
    <img src="icon.svg" alt="" width="72" height="72" />
    <h2>${texts.greeting}</h2>
    <p>${texts.hint}</p>
    ${chat.trouble ? html`<p class="problem" role="alert">${texts.problems[chat.trouble.problem]}</p>` : nothing}
    <div class="examples">
      ${texts.examples.map(
        (example) => html`<button @click=${() => actions.ask(example)}>${example}</button>`,
      )}
    </div>
  </div>`;
}

function question(turn: Turn, { texts }: Page): TemplateResult {
  return html`<article class="question" aria-label=${texts.you}><div class="text">${turn.text}</div></article>`;
}

function reply(turn: Turn, chat: Chat, page: Page, actions: Actions): TemplateResult {
  const { texts } = page;
  const waiting = turn.state === "writing" && turn.text === "" && turn.reasoning === "";
  return html`<article class="answer" aria-label="Cachalot" aria-busy=${turn.state === "writing"}>
    ${turn.reasoning === "" ? nothing : thoughts(turn, page)}
    ${waiting ? html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}
    ${turn.text === "" ? nothing : html`<div class="text">${turn.text}</div>`}
    ${turn.state === "stopped" ? html`<p class="note">${texts.stopped}</p>` : nothing}
    ${turn.state === "cut" ? html`<p class="note">${texts.cut}</p>` : nothing}
    ${turn.error
      ? html`<div class="problem" role="alert">
          <p>${texts.problems[turn.error.problem]}</p>
          ${turn.error.detail ? html`<p class="detail">${turn.error.detail}</p>` : nothing}
          ${turn === chat.turns.at(-1)
            ? html`<button @click=${() => void chat.retry()}>${texts.retry}</button>`
            : nothing}
        </div>`
      : nothing}
    ${turn.state === "writing" || turn.text === "" ? nothing : tools(turn, page, actions)}
  </article>`;
}

/** Open while the thinking goes on, folded once the answer begins; then it is the reader's. */
function thoughts(turn: Turn, { texts, numbers }: Page): TemplateResult {
  const over = turn.thinkingTime > 0;
  const elapsed = over ? turn.thinkingTime : performance.now() - turn.thinkingSince;
  const seconds = numbers.format(elapsed / 1000);
  return html`<details class="thoughts" ?open=${!over}>
    <summary>
      ${icon("M9 6l6 6-6 6")}
      <span class=${over ? "" : "shimmer"}>${over ? texts.thought(seconds) : `${texts.thinking} ${seconds} s`}</span>
    </summary>
    <div class="text">${turn.reasoning}</div>
  </details>`;
}

function tools(turn: Turn, { texts, numbers, copied }: Page, actions: Actions): TemplateResult {
  const done = copied === turn;
  return html`<div class="tools">
    <button class="quiet" @click=${() => actions.copy(turn)}>
      ${done ? icon("M5 13l4 4L19 7") : icon("M9 9h10v11H9zM5 15V4h10")}<span>${done ? texts.copied : texts.copy}</span>
    </button>
    ${turn.tokensPerSecond > 0
      ? html`<span class="speed">${texts.speed(numbers.format(turn.tokens), numbers.format(turn.tokensPerSecond))}</span>`
      : nothing}
  </div>`;
}

function composer(chat: Chat, page: Page, actions: Actions): TemplateResult {
  const { texts } = page;
  const submit = (event: Event) => {
    event.preventDefault();
    actions.ask(page.draft);
  };
  const type = (event: Event) => {
    page.draft = (event.target as HTMLTextAreaElement).value;
    grow(event.target as HTMLTextAreaElement);
  };
  const key = (event: KeyboardEvent) => {
    // While a word is being composed (Chinese, Japanese), Enter belongs to the input method.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      submit(event);
    }
  };
  const canThink = chat.model?.thinking ?? true;
  return html`<form @submit=${submit}>
    <textarea
      id="question"
      rows="1"
      aria-label=${texts.message}
      placeholder=${texts.placeholder}
      .value=${live(page.draft)}
      @input=${type}
      @keydown=${key}
    ></textarea>
    <div class="row">
      ${canThink
        ? html`<button
            type="button"
            class="toggle"
            id="thinking"
            title=${texts.thinkTip}
            aria-pressed=${chat.thinking}
            @click=${() => chat.toggleThinking()}
          >
            ${icon("M9 18h6M10 21h4M12 3a6 6 0 0 0-3.500 10.900c.6.5 1 1.200 1 2.100h5c0-.9.4-1.600 1-2.100A6 6 0 0 0 12 3z")}
            <span>${texts.think}</span>
          </button>`
        : html`<span></span>`}
      ${chat.busy
        ? html`<button type="button" class="go" id="stop" title=${texts.stop} aria-label=${texts.stop} @click=${() => chat.stop()}>
            ${icon("M7 7h10v10H7z")}
          </button>`
        : html`<button class="go" id="send" title=${texts.send} aria-label=${texts.send}>
            ${icon("M12 19V5M6 11l6-6 6 6")}
          </button>`}
    </div>
  </form>`;
}

/** As high as its text, within what the style allows. */
export function grow(area: HTMLTextAreaElement): void {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

/** Said to screen readers once an answer is there, not at each of its pieces. */
function announcement(chat: Chat, texts: Texts): string {
  const last = chat.turns.at(-1);
  if (last?.role !== "assistant") {
    return "";
  }
  return last.state === "writing" ? texts.thinking : `${texts.ready} ${last.text}`;
}

function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">${svg`<path d=${path} />`}</svg>`;
}
