import { TARGETS } from "../support/stack-servers";
import { describeRefusals } from "./suites/refusals";

TARGETS.forEach(describeRefusals);
