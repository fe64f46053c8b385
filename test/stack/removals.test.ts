import { describeRemovals } from "./suites/removals";

describeRemovals("process");
