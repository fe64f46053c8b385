import { describeRotation } from "../stack/suites/rotation";

describeRotation("kubernetes");
