import { TARGETS } from "../support/stack-servers";
import { describeTls } from "./suites/tls";

TARGETS.forEach(describeTls);
