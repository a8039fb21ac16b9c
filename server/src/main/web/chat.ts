import { answer, ChatError, isAbort, models, type Message, type Model, type Piece } from "./completions";

/** One turn on the page. */
export interface Turn {
  role: "user" | "assistant";
  text: string;
  reasoning: string;
  state: "writing" | "done" | "stopped" | "cut" | "failed";
  /** When the first piece of thinking came, by performance.now(). */
  thinkingSince: number;
  /** Milliseconds; 0 while the thinking goes on. */
  thinkingTime: number;
  tokens: number;
  tokensPerSecond: number;
  error: ChatError | undefined;
}

/** The conversation, in memory only, and what is being done about it. */
export class Chat {
  turns: Turn[] = [];
  models: Model[] = [];
  model: Model | undefined;
  thinking = true;
  /** Why the models are not known. */
  trouble: ChatError | undefined;
  private running: AbortController | undefined;

  constructor(private readonly changed: () => void) {}

  get busy(): boolean {
    return this.running !== undefined;
  }

  async start(): Promise<void> {
    try {
      this.models = await models();
      this.model = this.models[0];
      this.trouble = undefined;
    } catch (failure) {
      this.trouble = asChatError(failure);
    }
    this.changed();
  }

  choose(id: string): void {
    this.model = this.models.find((model) => model.id === id) ?? this.model;
    this.changed();
  }

  toggleThinking(): void {
    this.thinking = !this.thinking;
    this.changed();
  }

  clear(): void {
    this.stop();
    this.turns = [];
    this.changed();
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
  }

  async ask(question: string): Promise<void> {
    this.turns.push(turn("user", question, "done"));
    await this.write();
  }

  /** Asks the last question again. */
  async retry(): Promise<void> {
    if (this.turns.at(-1)?.role === "assistant") {
      this.turns.pop();
    }
    await this.write();
  }

  private async write(): Promise<void> {
    const reply = turn("assistant", "", "writing");
    const history = this.history();
    this.turns.push(reply);
    const run = new AbortController();
    this.running = run; // before anything is waited for: one reply at a time
    this.changed();
    try {
      if (!this.model) {
        await this.start();
      }
      if (!this.model) {
        throw this.trouble ?? new ChatError("other");
      }
      for await (const piece of answer(this.model.id, history, this.thinking, run.signal)) {
        add(reply, piece);
        this.changed();
      }
    } catch (failure) {
      if (isAbort(failure)) {
        reply.state = "stopped";
      } else {
        reply.state = "failed";
        reply.error = asChatError(failure);
      }
    }
    endThinking(reply);
    if (reply.state === "writing") {
      reply.state = "done";
    }
    if (this.running === run) {
      this.running = undefined;
    }
    this.changed();
  }

  /** What the model reads: no thinking, and no answers that never came. */
  private history(): Message[] {
    return this.turns
      .filter((one) => one.role === "user" || one.text !== "")
      .map((one) => ({ role: one.role, content: one.text }));
  }
}

function turn(role: Turn["role"], text: string, state: Turn["state"]): Turn {
  return {
    role,
    text,
    state,
    reasoning: "",
    thinkingSince: 0,
    thinkingTime: 0,
    tokens: 0,
    tokensPerSecond: 0,
    error: undefined,
  };
}

function add(reply: Turn, piece: Piece): void {
  switch (piece.kind) {
    case "reasoning":
      reply.thinkingSince ||= performance.now();
      reply.reasoning += piece.text;
      break;
    case "answer":
      endThinking(reply);
      reply.text += piece.text;
      break;
    case "end":
      endThinking(reply);
      reply.state = piece.reason === "length" ? "cut" : "done";
      reply.tokens = piece.tokens;
      reply.tokensPerSecond = piece.tokensPerSecond;
      break;
  }
}

function endThinking(reply: Turn): void {
  if (reply.thinkingSince > 0 && reply.thinkingTime === 0) {
    reply.thinkingTime = Math.max(1, performance.now() - reply.thinkingSince);
  }
}

function asChatError(failure: unknown): ChatError {
  return failure instanceof ChatError ? failure : new ChatError("other", String(failure));
}
