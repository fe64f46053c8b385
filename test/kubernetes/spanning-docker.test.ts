import { movesToPods } from "./suites/spanning";

movesToPods("docker");
