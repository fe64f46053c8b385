import { MODES, type Mode } from "../../provider/model/cluster/servers";

/** A server of a cluster without `servers`: one of each mode, with the mode as its name. */
export type Side = Mode;

/** Both of them. */
export const SIDES = MODES;

/** Returns the mode of a server whose name begins with the first letter of its mode, such as `s1`, `static` and `o2`. */
export function modeOf(server: string): Mode {
  return server.startsWith("s") ? "static" : "operator";
}

/** Returns the other one. */
export function otherSide(side: Side): Side {
  return side === "static" ? "operator" : "static";
}
