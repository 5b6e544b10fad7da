/*---
description: One row a decision about a trained model, in the order they were made.
columns:
  - name: model
    description: Name of the trained model.
    data_tests: [not_null]
  - name: version
    description: The version it is about.
    data_tests: [not_null]
  - name: decision_number
    description: Place among the decisions about the model, from 1.
    data_tests: [not_null]
  - name: algorithm
    description: What it was trained with.
  - name: task
    description: regression, binary, multiclass, forecast or clustering.
  - name: serves
    description: Version that is champion after the decision; null for none.
  - name: decision
    description: challenger, champion, baseline, by hand or withdrawn, whoever is to serve.
  - name: reason
    description: Why.
  - name: trained_at
    description: When, UTC.
  - name: data_from
    description: Oldest row trained on, UTC; null where rows have no time.
  - name: data_to
    description: Newest row trained on, UTC.
  - name: train_size
    description: Rows trained on.
  - name: test_size
    description: Rows held out.
  - name: newest_row
    description: Newest row that there was to learn from, UTC; null where rows have no time.
  - name: champion
    description: Champion when the version was trained; null for none.
  - name: feature_drift
    description: JSON list of each feature's population stability index against the champion.
  - name: comparisons
    description: JSON list of the scores of the challenger and whom it met.
  - name: drift
    description: Largest population stability index of a feature against the champion.
  - name: test_rmse
    description: Root mean squared error on rows that were held out.
  - name: test_mae
    description: Mean absolute error on them.
  - name: test_r2
    description: Share of the variance explained on them.
  - name: cv_rmse
    description: Root mean squared error over the folds.
  - name: baseline_rmse
    description: The same rows, predicted by the mean.
  - name: baseline_mae
    description: Mean absolute error of the mean.
  - name: baseline_r2
    description: Share of the variance that the mean explains.
  - name: coverage
    description: Share of held-out labels inside their 80 % interval.
  - name: test_accuracy
    description: Share of held-out rows classified right.
  - name: test_f1
    description: Macro F1 on them.
  - name: log_loss
    description: Log loss on them.
  - name: auc
    description: Area under the ROC curve, of two classes.
  - name: ece
    description: Expected calibration error, 15 bins.
  - name: cv_accuracy
    description: Accuracy over the folds.
  - name: cv_log_loss
    description: Log loss over the folds.
  - name: baseline_accuracy
    description: Accuracy of always saying the most frequent class.
  - name: baseline_f1
    description: Its macro F1.
  - name: baseline_log_loss
    description: Its log loss.
  - name: silhouette
    description: Mean silhouette of a clustering.
  - name: shuffled_silhouette
    description: The same where each feature is shuffled by itself.
  - name: bootstrap_ari
    description: Mean adjusted Rand index of a clustering against clusters of rows drawn anew.
  - name: synthetic_rows
    description: Rows trained on whose features are made up.
data_tests:
  - unique: { columns: [model, decision_number] }
---*/

with

model_decisions as (

    select * from {{source 'bronze.model_decisions'}}

),

decisions_numbered as (

    select
        {{#each (list
            'model' 'version' 'algorithm' 'task' 'serves' 'decision' 'reason' 'trained_at'
            'data_from' 'data_to' 'train_size' 'test_size' 'newest_row' 'champion' 'drift'
            'feature_drift' 'comparisons' 'test_rmse' 'test_mae' 'test_r2' 'cv_rmse' 'baseline_rmse'
            'baseline_mae' 'baseline_r2' 'coverage' 'test_accuracy' 'test_f1' 'log_loss' 'auc' 'ece'
            'cv_accuracy' 'cv_log_loss' 'baseline_accuracy' 'baseline_f1' 'baseline_log_loss'
            'silhouette' 'shuffled_silhouette' 'bootstrap_ari' 'synthetic_rows'
        ) as |column|}}
        {{column}},
        {{/each}}
        row_number() over (partition by model order by landed_at, version) as decision_number

    from model_decisions

)

select * from decisions_numbered
