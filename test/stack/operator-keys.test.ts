import { describeOperatorKeys } from "./suites/operator-keys";

describeOperatorKeys("process");
