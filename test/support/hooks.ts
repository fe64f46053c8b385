import { assertNothingLeft } from "./leftovers";
import "./seed";

/** The hooks of every test file; .mocharc.json names this file, and the workers of `npm test` import it. */
export const mochaHooks = {
  afterAll: [assertNothingLeft],
};
