import type { Problem } from "./completions";

/** The words of the page in one language. */
export interface Texts {
  newChat: string;
  model: string;
  greeting: string;
  hint: string;
  examples: string[];
  placeholder: string;
  message: string;
  conversation: string;
  send: string;
  stop: string;
  think: string;
  thinkTip: string;
  thinking: string;
  thought(seconds: string): string;
  copy: string;
  copied: string;
  retry: string;
  stopped: string;
  cut: string;
  ready: string;
  you: string;
  speed(tokens: string, perSecond: string): string;
  footer: string;
  problems: Record<Problem, string>;
}

const en: Texts = {
  newChat: "New chat",
  model: "Model",
  greeting: "What shall we work out?",
  hint: "I think first, then answer. Everything runs on this machine.",
  examples: [
    "What is 47 + 85?",
    "What is 36 times 47?",
    "Which is larger, 4081 or 4108?",
    "Tom has 124 apples and gets 58 more. How many apples does Tom have now?",
  ],
  placeholder: "Ask something…",
  message: "Your message",
  conversation: "Conversation",
  send: "Send",
  stop: "Stop",
  think: "Think",
  thinkTip: "Reason before answering",
  thinking: "Thinking…",
  thought: (seconds) => `Thought for ${seconds} s`,
  copy: "Copy",
  copied: "Copied",
  retry: "Try again",
  stopped: "Stopped.",
  cut: "The answer reached its length limit.",
  ready: "The answer is ready.",
  you: "You",
  speed: (tokens, perSecond) => `${tokens} tokens · ${perSecond} tokens/s`,
  footer: "Answers can be wrong. Nothing leaves this machine, and nothing is stored.",
  problems: {
    unreachable: "The server cannot be reached. Is it still running?",
    busy: "The server is busy with other answers. Try again in a moment.",
    stopping: "The server is shutting down.",
    tooLong: "The conversation no longer fits into the model's memory. Start a new chat.",
    brokenOff: "The answer broke off before its end.",
    other: "The server could not answer.",
  },
};

const zh: Texts = {
  newChat: "新对话",
  model: "模型",
  greeting: "想算点什么？",
  hint: "我会先思考，再回答。一切都在本机运行。",
  examples: [
    "47 + 85 等于多少？",
    "36 乘以 47 等于多少？",
    "4081 和 4108 哪个更大？",
    "小明有124个苹果，又得到58个苹果。小明现在有多少个苹果？",
  ],
  placeholder: "请输入问题…",
  message: "你的消息",
  conversation: "对话",
  send: "发送",
  stop: "停止",
  think: "思考",
  thinkTip: "回答前先推理",
  thinking: "思考中…",
  thought: (seconds) => `思考了 ${seconds} 秒`,
  copy: "复制",
  copied: "已复制",
  retry: "重试",
  stopped: "已停止。",
  cut: "回答已达到长度上限。",
  ready: "回答完毕。",
  you: "你",
  speed: (tokens, perSecond) => `${tokens} 个词元 · 每秒 ${perSecond} 个`,
  footer: "回答可能有误。数据不会离开本机，也不会被保存。",
  problems: {
    unreachable: "无法连接服务器。它还在运行吗？",
    busy: "服务器正忙于其他回答，请稍后再试。",
    stopping: "服务器正在关闭。",
    tooLong: "对话太长，模型已放不下。请开始新对话。",
    brokenOff: "回答在结束前中断了。",
    other: "服务器无法回答。",
  },
};

const es: Texts = {
  newChat: "Nueva charla",
  model: "Modelo",
  greeting: "¿Qué resolvemos hoy?",
  hint: "Primero pienso y luego respondo. Todo ocurre en este equipo.",
  examples: [
    "¿Cuánto es 47 + 85?",
    "¿Cuánto es 36 por 47?",
    "¿Cuál es mayor, 4081 o 4108?",
    "Ana tiene 124 manzanas y da 58 a Luis. ¿Cuántas manzanas le quedan?",
  ],
  placeholder: "Pregunta algo…",
  message: "Tu mensaje",
  conversation: "Conversación",
  send: "Enviar",
  stop: "Parar",
  think: "Pensar",
  thinkTip: "Razonar antes de responder",
  thinking: "Pensando…",
  thought: (seconds) => `Pensó durante ${seconds} s`,
  copy: "Copiar",
  copied: "Copiado",
  retry: "Reintentar",
  stopped: "Detenido.",
  cut: "La respuesta llegó a su longitud máxima.",
  ready: "La respuesta está lista.",
  you: "Tú",
  speed: (tokens, perSecond) => `${tokens} tokens · ${perSecond} tokens/s`,
  footer: "Las respuestas pueden ser erróneas. Nada sale de este equipo ni se guarda.",
  problems: {
    unreachable: "No se puede contactar con el servidor. ¿Sigue en marcha?",
    busy: "El servidor está ocupado con otras respuestas. Inténtalo en un momento.",
    stopping: "El servidor se está apagando.",
    tooLong: "La conversación ya no cabe en la memoria del modelo. Empieza una nueva.",
    brokenOff: "La respuesta se cortó antes de terminar.",
    other: "El servidor no pudo responder.",
  },
};

const LANGUAGES: Record<string, Texts> = { en, zh, es };

/** The first of the browser's languages that the page speaks. */
export function language(wanted: readonly string[]): { code: string; texts: Texts } {
  for (const tag of wanted) {
    const code = tag.split("-")[0]?.toLowerCase() ?? "";
    const texts = LANGUAGES[code];
    if (texts) {
      return { code, texts };
    }
  }
  return { code: "en", texts: en };
}
