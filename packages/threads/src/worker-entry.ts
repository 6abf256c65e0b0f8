import { serve } from "./worker.ts";

// The worker file of programs without a bundler: knows no portables, imports the modules that records name.
serve();
