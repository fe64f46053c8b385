import { describeLoad } from "../support/load-changes";
import { TARGETS } from "../support/stack-servers";

/** `npm run load` sets where the servers run. */
const { LOAD_TARGET } = process.env;

describeLoad(TARGETS.find((name) => name === LOAD_TARGET) ?? "process");
