/*---
description: >-
  One row a version of a trained model and a feature, with how far the feature lay from the training
  of the champion of that time: the population stability index over 10 quantile bins of it. Below
  0.1 none, up to 0.25 moderate, above it significant: a convention, not a law. Empty until a model
  that has a champion is trained again.
columns:
  - name: model_name
    description: Name of the trained model.
    data_tests: [not_null]
  - name: version
    description: Version that was trained.
    data_tests: [not_null]
  - name: champion_version
    description: Version whose training it is measured from.
  - name: trained_at
    description: When, UTC.
  - name: feature
    description: Name of the feature.
    data_tests: [not_null]
  - name: stability_index
    description: Population stability index.
  - name: drift
    description: none, moderate or significant.
    data_tests:
      - accepted_values: { values: [none, moderate, significant] }
data_tests:
  - unique: { columns: [model_name, version, feature] }
---*/

with

model_decisions as (

    select * from {{ref 'model_decisions'}}

    where feature_drift is not null

),

features_listed as (

    select
        model_decisions.model,
        model_decisions.version,
        model_decisions.champion,
        model_decisions.trained_at,
        {{> json_text of='feature_drifts.one' field='feature'}} as feature,
        cast({{> json_text of='feature_drifts.one' field='index'}} as double) as stability_index,
        {{> json_text of='feature_drifts.one' field='drift'}} as drift

    from model_decisions

    cross join unnest({{> json_list of='model_decisions.feature_drift'}}) as feature_drifts (one)

),

features_described as (

    select
        model as model_name,
        version,
        champion as champion_version,
        trained_at,
        feature,
        round(stability_index, 4) as stability_index,
        drift

    from features_listed

    order by model_name, version, stability_index desc, feature

)

select * from features_described
