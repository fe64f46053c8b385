import { describeRotation } from "./suites/rotation";

describeRotation("process");
