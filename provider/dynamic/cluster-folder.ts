import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { removeCluster, getStateHome } from "../servers/process/cluster";
import { STATE_FOLDER } from "../servers/process/layout";
import { leftBehindDiagnostics } from "../model/cluster/stream-store";
import { toCheckFailures, withStateVersion } from "./life-cycle/life-cycle";

interface Inputs {
  home?: string;
  label: string;
  /** Whether the servers store streams in the folder. */
  stores?: boolean;
}

type State = Inputs & { path: string };

/** Random bytes of a folder's name. */
const NAME_BYTES = 4;

/** The handler of `ClusterFolder`. */
export const provider = withStateVersion<Inputs, State>({
  check(olds: Partial<Inputs>, news) {
    const moves = olds.stores === true && news.stores === true && olds.home !== news.home;
    return Promise.resolve({
      inputs: news,
      failures: toCheckFailures(leftBehindDiagnostics("target.process.folder", moves)),
    });
  },

  diff(_id, olds, news) {
    // The default depends on the shell's environment. An existing folder stays.
    const moves = olds.home !== news.home;
    return Promise.resolve({ changes: moves, replaces: moves ? ["home"] : [], deleteBeforeReplace: false });
  },

  create({ home, label }) {
    const name = `${label}-${randomBytes(NAME_BYTES).toString("hex")}`;
    const path = join(home ?? getStateHome(), STATE_FOLDER, name);
    return Promise.resolve({ id: path, outs: { ...(home === undefined ? {} : { home }), label, path } });
  },

  delete(path) {
    return removeCluster(path);
  },
});
