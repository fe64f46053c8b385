import { describeRefusals } from "../stack/suites/refusals";

describeRefusals("kubernetes");
