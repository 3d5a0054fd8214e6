import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Counts what Vitest ran. Failures outside a test (a module that does not load, a hook, a stray rejection) count as failed. */
export class TestTally implements Reporter {
  #passed = 0;
  #failed = 0;
  #skipped: { readonly name: string; readonly reason: string | undefined }[] = [];
  #outside: string[] = [];

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    for (const module of modules) {
      this.#countTests(module);
      this.#countOutside(module);
    }
    for (const error of unhandled) this.#outside.push(`unhandled: ${error.message}`);
  }

  #countTests(module: TestModule): void {
    for (const test of module.children.allTests()) {
      const result = test.result();
      switch (result.state) {
        case 'passed': this.#passed += 1; break;
        case 'failed': this.#failed += 1; break;
        case 'skipped': this.#skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, reason: result.note }); break;
        case 'pending': this.#outside.push(`not run: ${module.relativeModuleId} > ${test.fullName}`); break;
      }
    }
  }

  #countOutside(module: TestModule): void {
    for (const error of module.errors()) this.#outside.push(`${module.relativeModuleId}: ${error.message}`);
    for (const suite of module.children.allSuites()) {
      for (const error of suite.errors()) this.#outside.push(`${module.relativeModuleId} > ${suite.fullName}: ${error.message}`);
    }
  }

  /** A line for every skipped test and for every failure outside a test. */
  remarks(): readonly string[] {
    return [
      ...this.#outside.map((text) => `failed outside a test: ${text}`),
      ...this.#skipped.map(({ name, reason }) => `skipped: ${name}: ${reason ?? 'WITHOUT A REASON, which counts as a failed run'}`),
    ];
  }

  summary(): string {
    return `${this.#passed} passed, ${this.#failed + this.#outside.length} failed, ${this.#skipped.length} skipped`;
  }

  succeeded(): boolean {
    const silent = this.#skipped.some(({ reason }) => reason === undefined);
    return this.#passed > 0 && this.#failed === 0 && this.#outside.length === 0 && !silent;
  }
}
