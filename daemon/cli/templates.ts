import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { DesignState } from '../../templates/render/approve-design.ts';
import { perform, type CommandRegistration, type CommandResult } from './command.ts';

interface Options {
  readonly out: string;
  readonly designs?: string;
  readonly json?: boolean;
}

/** `kortverk templates check|approve`: what a design looks like, and the record that a person approved it. */
export const registerTemplates: CommandRegistration = (program) => {
  const templates = program.command('templates').description('Card designs: look at them, approve them');
  add(templates, 'check', 'Draw the sample card of a design and compare it with what was approved', false);
  add(templates, 'approve', 'Draw the sample card of a design and record it as approved; look at the pictures first', true);
};

function add(templates: Command, name: string, description: string, approve: boolean): void {
  templates
    .command(name)
    .description(description)
    .argument('<design>', 'name of the design, such as id06')
    .requiredOption('--out <dir>', 'folder for the pictures of both sides')
    .option('--designs <dir>', 'folder of the designs; the shipped ones when absent')
    .option('--json', 'print the result as JSON')
    .action(async (design: string, options: Options) => perform(options, async () => look(design, options, approve)));
}

async function look(design: string, options: Options, approve: boolean): Promise<CommandResult> {
  const { approveDesign, inspectDesign } = await import('../../templates/render/approve-design.ts');
  const { shippedDesigns } = await import('../../templates/compile/read-template.ts');
  const designs = options.designs ?? shippedDesigns();
  const cacheDir = await mkdtemp(join(tmpdir(), 'kortverk-templates-'));
  try {
    const state = await inspectDesign(designs, design, options.out, cacheDir);
    if (approve) await approveDesign(designs, state);
    return { exitCode: approve || state.changed.length === 0 ? 0 : 1, json: { ...state, approved: approve || state.changed.length === 0 }, lines: [verdict(state, approve)] };
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

function verdict({ id, version, changed }: DesignState, approve: boolean): string {
  if (changed.length === 0) return `${id} ${version}: as approved`;
  return `${id} ${version}: ${approve ? 'approved' : 'not approved'}, changed: ${changed.join(', ')}`;
}
