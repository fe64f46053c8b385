import { TARGETS } from "../support/stack-servers";
import { describeDrift } from "./suites/drift";

TARGETS.forEach(describeDrift);
