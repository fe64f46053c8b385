import { describeKills } from "../support/kills";
import { TARGETS } from "../support/stack-servers";

TARGETS.forEach(describeKills);
