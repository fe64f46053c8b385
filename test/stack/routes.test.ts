import { TARGETS } from "../support/stack-servers";
import { describeRoutePassword } from "./suites/routes";

TARGETS.forEach(describeRoutePassword);
