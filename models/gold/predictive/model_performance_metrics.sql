/*---
description: >-
  One row a version of a trained model, with how well it does on rows that no training saw, beside a
  baseline, who serves and why. A model that does not beat its baseline says so. Empty until a model
  is trained.
columns:
  - name: model_name
    description: Name of the trained model.
    data_tests: [not_null]
  - name: model_type
    description: Algorithm.
  - name: training_approach
    description: How it was judged.
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
  - name: baseline_r2
    description: Share of the variance that the mean explains.
  - name: test_accuracy
    description: Share of held-out rows classified right.
  - name: test_f1
    description: Macro F1 on them.
  - name: cv_accuracy
    description: Accuracy over the folds.
  - name: baseline_accuracy
    description: Accuracy of always saying the most frequent class.
  - name: baseline_f1
    description: Its macro F1.
  - name: train_size
    description: Rows trained on.
  - name: test_size
    description: Rows held out.
  - name: version
    description: Version of the model.
    data_tests: [not_null]
  - name: is_champion
    description: Whether it serves now.
    data_tests: [not_null]
  - name: decision
    description: challenger, champion or baseline, whoever was to serve after it was trained.
  - name: reason
    description: Why.
  - name: trained_at
    description: When it was trained, UTC.
  - name: data_from
    description: Oldest row trained on, UTC; null where rows have no time.
  - name: data_to
    description: Newest row trained on, UTC.
  - name: newest_trainable_play
    description: >-
      End of the newest play of an export, UTC. Plays of the Web API are never trained on, so that it
      grows old until a new export lands.
  - name: drift
    description: >-
      Largest population stability index of a feature against the champion of that time; above 0.25
      it is significant.
  - name: auc
    description: Area under the ROC curve, of two classes.
  - name: log_loss
    description: Log loss on them.
  - name: ece
    description: Expected calibration error, 15 bins.
  - name: coverage
    description: Share of held-out labels inside their 80 % interval.
  - name: baseline_mae
    description: Mean absolute error of the baseline on held-out rows; a forecast of days has to beat it.
  - name: silhouette
    description: Mean silhouette of a clustering, -1 to 1; below 0.25 its structure is weak.
  - name: shuffled_silhouette
    description: The same where each feature is shuffled by itself, so that nothing goes together.
  - name: bootstrap_ari
    description: >-
      Mean adjusted Rand index of a clustering against clusters of rows drawn anew: 1 the same, 0 as
      by chance.
  - name: synthetic_rows
    description: Rows trained on whose features are made up; above 0 the figures tell of no real music.
data_tests:
  - unique: { columns: [model_name, version] }
---*/

with

model_decisions as (

    select * from {{ref 'model_decisions'}}

),

plays_of_exports as (

    select max(ended_at) as newest_trainable_play from {{ref 'plays'}}

    where source_kind != 'api'

),

serving as (

    select model, max_by(serves, decision_number) filter (where serves is not null) as serves
    from model_decisions

    group by model

),

versions_ranked as (

    select
        *,
        row_number() over (partition by model, version order by decision_number) as version_rank

    from model_decisions

    where train_size is not null

),

versions_trained as (

    select * from versions_ranked
    where version_rank = 1

),

versions_described as (

    select
        versions_trained.model as model_name,
        versions_trained.algorithm as model_type,
        case versions_trained.task
            when 'forecast'
                then 'newest days, 14 ahead from origins 14 days apart, refitted on all days'
            when 'clustering' then 'all rows, against shuffled columns and rows drawn anew'
            else 'holdout by group or time, 5 folds, refitted on all rows'
        end as training_approach,
        round(versions_trained.test_rmse, 4) as test_rmse,
        round(versions_trained.test_mae, 4) as test_mae,
        round(versions_trained.test_r2, 4) as test_r2,
        round(versions_trained.cv_rmse, 4) as cv_rmse,
        round(versions_trained.baseline_rmse, 4) as baseline_rmse,
        round(versions_trained.baseline_r2, 4) as baseline_r2,
        round(versions_trained.test_accuracy, 4) as test_accuracy,
        round(versions_trained.test_f1, 4) as test_f1,
        round(versions_trained.cv_accuracy, 4) as cv_accuracy,
        round(versions_trained.baseline_accuracy, 4) as baseline_accuracy,
        round(versions_trained.baseline_f1, 4) as baseline_f1,
        versions_trained.train_size,
        versions_trained.test_size,
        versions_trained.version,
        coalesce(versions_trained.version = serving.serves, false) as is_champion,
        versions_trained.decision,
        versions_trained.reason,
        versions_trained.trained_at,
        versions_trained.data_from,
        versions_trained.data_to,
        plays_of_exports.newest_trainable_play,
        round(versions_trained.drift, 4) as drift,
        round(versions_trained.auc, 4) as auc,
        round(versions_trained.log_loss, 4) as log_loss,
        round(versions_trained.ece, 4) as ece,
        round(versions_trained.coverage, 4) as coverage,
        round(versions_trained.baseline_mae, 4) as baseline_mae,
        round(versions_trained.silhouette, 4) as silhouette,
        round(versions_trained.shuffled_silhouette, 4) as shuffled_silhouette,
        round(versions_trained.bootstrap_ari, 4) as bootstrap_ari,
        versions_trained.synthetic_rows

    from versions_trained

    inner join serving
        on versions_trained.model = serving.model

    cross join plays_of_exports

    order by model_name, version

)

select * from versions_described
