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
        model_decisions.* exclude (comparisons),
        unnest(from_json(
            comparisons,
            '[{"against": "VARCHAR", "version": "INTEGER", "loss": "VARCHAR", "rows": "BIGINT",
                "challenger": "DOUBLE", "other": "DOUBLE", "lower": "DOUBLE", "upper": "DOUBLE",
                "weeks": [{"from": "DATE", "rows": "BIGINT", "challenger": "DOUBLE",
                    "other": "DOUBLE"}]}]'
        )) as comparison

    from model_decisions

),

weeks_listed as (

    select
        comparisons_listed.* exclude (comparison),
        comparison,
        unnest(comparison.weeks) as week

    from comparisons_listed

),

losses_listed as (

    select
        *,
        cast(null as date) as week_start_date,
        comparison.rows as rows_judged,
        comparison.challenger as challenger_loss,
        comparison.other as opponent_loss,
        comparison.lower as difference_lower,
        comparison.upper as difference_upper

    from comparisons_listed

    union all

    select
        * exclude (week),
        week.from as week_start_date,
        week.rows as rows_judged,
        week.challenger as challenger_loss,
        week.other as opponent_loss,
        cast(null as double) as difference_lower,
        cast(null as double) as difference_upper

    from weeks_listed

),

losses_compared as (

    select
        model as model_name,
        trained_at as decided_at,
        version as challenger_version,
        comparison.against as opponent,
        comparison.version as opponent_version,
        week_start_date,
        rows_judged,
        comparison.loss as loss,
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
