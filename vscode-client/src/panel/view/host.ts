/** The extension's side, as the page reaches it. */
import type { ToHost, ToView } from "../protocol";

interface Api {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): Api;

const api = acquireVsCodeApi();

export function tell(message: ToHost): void {
  api.postMessage(message);
}

export function keptState(): unknown {
  return api.getState();
}

export function keep(state: unknown): void {
  api.setState(state);
}

export function listen(listener: (message: ToView) => void): void {
  window.addEventListener("message", ({ data }: MessageEvent<ToView>) => {
    listener(data);
  });
}
