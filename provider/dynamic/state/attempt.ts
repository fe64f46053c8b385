import type { PerServer } from "../../model/cluster/servers";
import type { Place } from "../../servers/place";

/** An attempt, as the resource that makes it reads it. */
export interface Attempt {
  /** The unique name of this attempt. */
  readonly name: string;
  /** The previous attempt, finished or not; undefined for the first one. */
  readonly before?: string;
  /** The places of an earlier attempt, if they differ. */
  readonly former?: PerServer<Place>;
  /** The last attempt that requested a new password for routes, finished or not; undefined if none did. */
  readonly routes?: string;
}

/** Parses an attempt. It is one text, so that it is one output. */
export function readAttempt(text: string): Attempt {
  return text.startsWith("{") ? (JSON.parse(text) as Attempt) : { name: text };
}
