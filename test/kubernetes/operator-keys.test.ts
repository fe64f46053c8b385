import { describeOperatorKeys } from "../stack/suites/operator-keys";

describeOperatorKeys("kubernetes");
