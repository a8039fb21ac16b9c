import { eventData } from "./sse";

/** A model that can be asked. */
export interface Model {
  id: string;
  thinking: boolean;
}

/** A turn as the server reads it. */
export interface Message {
  role: "user" | "assistant";
  content: string;
}

/** What comes of an answer, piece by piece. */
export type Piece =
  | { kind: "reasoning"; text: string }
  | { kind: "answer"; text: string }
  | { kind: "end"; reason: string; tokens: number; tokensPerSecond: number };

/** What went wrong, as a person needs to know it. */
export type Problem = "unreachable" | "busy" | "stopping" | "tooLong" | "brokenOff" | "other";

export class ChatError extends Error {
  constructor(
    readonly problem: Problem,
    readonly detail = "",
  ) {
    super(detail || problem);
  }
}

/** The models, the default one first. */
export async function models(): Promise<Model[]> {
  const response = await request("v1/models", {});
  const list = (await response.json()) as { data: Model[] };
  return list.data;
}

/** Asks for the next answer of a conversation; aborting the signal cancels it on the server. */
export async function* answer(
  model: string,
  messages: Message[],
  thinking: boolean,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const response = await request("v1/chat/completions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      model,
      messages,
      stream: true,
      thinking: { type: thinking ? "enabled" : "disabled" },
    }),
    signal,
  });
  if (!response.body) {
    throw new ChatError("brokenOff");
  }
  for await (const data of guarded(eventData(response.body))) {
    if (data === "[DONE]") {
      return;
    }
    yield* pieces(JSON.parse(data) as Chunk);
  }
  throw new ChatError("brokenOff");
}

interface Chunk {
  error?: ErrorBody;
  choices?: {
    delta: { content?: string | null; reasoning_content?: string | null };
    finish_reason: string | null;
  }[];
  usage?: { completion_tokens: number } | null;
  timings?: { tokens_per_second: number };
}

interface ErrorBody {
  message?: string;
  code?: string;
}

function* pieces(chunk: Chunk): Generator<Piece> {
  if (chunk.error) {
    throw problem(0, chunk.error);
  }
  const choice = chunk.choices?.[0];
  if (choice?.delta.reasoning_content) {
    yield { kind: "reasoning", text: choice.delta.reasoning_content };
  }
  if (choice?.delta.content) {
    yield { kind: "answer", text: choice.delta.content };
  }
  if (choice?.finish_reason) {
    yield {
      kind: "end",
      reason: choice.finish_reason,
      tokens: chunk.usage?.completion_tokens ?? 0,
      tokensPerSecond: chunk.timings?.tokens_per_second ?? 0,
    };
  }
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (failure) {
    throw isAbort(failure) ? failure : new ChatError("unreachable");
  }
  if (!response.ok) {
    const body = (await response.json().catch(() => ({}))) as { error?: ErrorBody };
    throw problem(response.status, body.error ?? {});
  }
  return response;
}

function problem(status: number, error: ErrorBody): ChatError {
  if (error.code === "context_length_exceeded" || status === 413) {
    return new ChatError("tooLong");
  }
  if (status === 429) {
    return new ChatError("busy");
  }
  if (status === 503 || error.code === "server_stopping") {
    return new ChatError("stopping");
  }
  return new ChatError("other", error.message ?? "");
}

/** A connection that breaks while reading is a problem of its own, not a programming error. */
async function* guarded(events: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield* events;
  } catch (failure) {
    throw isAbort(failure) ? failure : new ChatError("brokenOff");
  }
}

export function isAbort(failure: unknown): boolean {
  return failure instanceof DOMException && failure.name === "AbortError";
}
