// msgpackr publishes this build (no native addon, no `new Function`) without types of its own.
declare module "msgpackr/index-no-eval" {
  export { Packr, RESET_BUFFER_MODE } from "msgpackr";
}
