import type { ManifestNode } from "../compile/manifest.ts";
import type { BinderSettings } from "../execution/binder.ts";
import { modelTasks } from "../learning/model-config.ts";
import { unscoredStatement } from "../learning/score-columns.ts";
import type { Project } from "../project/project.ts";
import { projectTexts } from "../project/project-texts.ts";

/** What binding a project's SQL needs besides its manifest: its texts, for messages, and the columns that scoring adds. */
export function bindingOf(project: Project): Pick<BinderSettings, "readText" | "scoreColumns"> {
  const { models } = project;
  const scoreColumns = (node: ManifestNode): string | null => {
    if (node.resourceType !== "model" || node.scoredBy === null) return null;
    const task = models.find(({ name }) => name === node.scoredBy)?.config.training?.["task"];
    return unscoredStatement(node.relation, modelTasks.find((one) => one === task) ?? "regression");
  };
  return { readText: projectTexts(project), scoreColumns };
}
