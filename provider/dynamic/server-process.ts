import { placeExists, readExecutableLink, linkExecutable, makePlace } from "../servers/process/folder";
import { ProcessServer } from "../servers/process/process";
import { hasChanged, withStateVersion } from "./life-cycle/life-cycle";

interface Inputs {
  cluster: string;
  /** The name of the server. */
  side: string;
  binary: string;
  fixed: string;
}

type State = Inputs & { place: string };

/** The inputs that determine the place: a change of one replaces it. */
const PLACE_INPUTS: readonly (keyof Inputs)[] = ["cluster", "side", "fixed"];

/** The handler of `ServerProcess`. */
export const provider = withStateVersion<Inputs, State>({
  diff(_id, olds, news) {
    const replaces = PLACE_INPUTS.filter((key) => olds[key] !== news[key]);
    // The old server runs until the one in the new place takes over.
    return Promise.resolve({
      changes: hasChanged(["binary", ...PLACE_INPUTS], olds, news),
      replaces,
      deleteBeforeReplace: false,
    });
  },

  async create({ cluster, side, binary, fixed }) {
    const place = await makePlace(cluster, side, binary);
    return { id: place, outs: { cluster, side, binary, fixed, place } };
  },

  async update(place, _olds, { cluster, side, binary, fixed }) {
    await linkExecutable(place, binary);
    return { outs: { cluster, side, binary, fixed, place } };
  },

  async read(place, state) {
    if (state === undefined || !(await placeExists(place))) {
      return { id: "" };
    }
    return { id: place, props: { ...state, binary: await readExecutableLink(place) } };
  },

  delete(place, { side }) {
    return new ProcessServer(side, place).remove();
  },
});
