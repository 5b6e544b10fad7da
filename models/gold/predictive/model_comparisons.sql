/*---
description: >-
  One row a decision about a model, whom its challenger met (the baseline, the champion) and a week,
  with both losses on rows that neither had seen; a row without a week is about all of them. A lower
  loss is better. Empty until a model is trained.
columns:
  - name: model_name
    description: Name of the trained model.
    data_tests: [not_null]
  - name: decided_at
    description: When it was decided, UTC.
    data_tests: [not_null]
  - name: challenger_version
    description: Version of the challenger.
    data_tests: [not_null]
  - name: opponent
    description: baseline or champion.
    data_tests:
      - not_null
      - accepted_values: { values: [baseline, champion] }
  - name: opponent_version
    description: Version of the champion; null for the baseline.
  - name: week_start_date
    description: Monday of the week, UTC; null for all rows.
  - name: rows_judged
    description: Rows that neither had seen.
    data_tests:
      - range: { min: 1 }
  - name: loss
    description: rmse, the root mean squared error, or log_loss.
    data_tests: [not_null]
  - name: challenger_loss
    description: Loss of the challenger.
  - name: opponent_loss
    description: Loss of whom it met.
  - name: gain
    description: Share by which the challenger's loss is lower; negative where it is higher.
  - name: difference_lower
    description: >-
      Lower end of the 95 % interval of the difference, bootstrapped over days or groups; above 0 the
      challenger is better beyond chance. Only of all rows.
  - name: difference_upper
    description: Upper end of it.
  - name: serves
    description: Version that is champion after the decision.
  - name: decision
    description: challenger, champion or baseline, whoever is to serve.
data_tests:
  - unique: { columns: [model_name, challenger_version, opponent, week_start_date] }
---*/

with

model_decisions as (

    select * from {{ref 'model_decisions'}}

    where comparisons is not null

),

comparisons_listed as (

    select
        model_decisions.model,
        model_decisions.trained_at,
        model_decisions.version,
        model_decisions.serves,
        model_decisions.decision,
        comparisons.comparison

    from model_decisions

    cross join unnest({{> json_list of='model_decisions.comparisons'}}) as comparisons (comparison)

),

-- A comparison has the losses of all rows, and so has each of its weeks of its own.
scores_listed as (

    select
        model,
        trained_at,
        version,
        serves,
        decision,
        comparison,
        comparison as score

    from comparisons_listed

    union all

    select
        comparisons_listed.model,
        comparisons_listed.trained_at,
        comparisons_listed.version,
        comparisons_listed.serves,
        comparisons_listed.decision,
        comparisons_listed.comparison,
        weeks.week as score

    from comparisons_listed

    cross join unnest({{> json_field_list of='comparison' field='weeks'}}) as weeks (week)

),

losses_listed as (

    select
        model,
        trained_at,
        version,
        serves,
        decision,
        {{> json_text of='comparison' field='against'}} as opponent,
        cast({{> json_text of='comparison' field='version'}} as integer) as opponent_version,
        {{> json_text of='comparison' field='loss'}} as loss,
        cast({{> json_text of='score' field='from'}} as date) as week_start_date,
        cast({{> json_text of='score' field='rows'}} as bigint) as rows_judged,
        cast({{> json_text of='score' field='challenger'}} as double) as challenger_loss,
        cast({{> json_text of='score' field='other'}} as double) as opponent_loss,
        cast({{> json_text of='score' field='lower'}} as double) as difference_lower,
        cast({{> json_text of='score' field='upper'}} as double) as difference_upper

    from scores_listed

),

losses_compared as (

    select
        model as model_name,
        trained_at as decided_at,
        version as challenger_version,
        opponent,
        opponent_version,
        week_start_date,
        rows_judged,
        loss,
        round(challenger_loss, 5) as challenger_loss,
        round(opponent_loss, 5) as opponent_loss,
        round((opponent_loss - challenger_loss) / nullif(opponent_loss, 0), 4) as gain,
        round(difference_lower, 5) as difference_lower,
        round(difference_upper, 5) as difference_upper,
        serves,
        decision

    from losses_listed

    order by model_name, decided_at, challenger_version, opponent, week_start_date nulls first

)

select * from losses_compared
