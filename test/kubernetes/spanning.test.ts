import { movesToPods } from "./suites/spanning";

movesToPods("process");
