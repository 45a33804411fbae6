// What people expect comes within so long, in a story and in a script of the campaign alike: a busy machine is no failure.
import { expect as eager } from "@playwright/test";

export const expect = eager.configure({ timeout: 20_000 });
