/** Going to the line that made a part. */
import type { Located } from "../protocol";
import { tell } from "./host";

export function openPart(part: Located | undefined): void {
  if (part?.uri !== undefined && part.range) tell({ type: "open", uri: part.uri, range: part.range });
}
