# cURL Example
curl -X PUT https://api.ivalt.com/admin/public/api/user/123/geofences/update \
  -H "x-api-key: YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "geofences": [
      {
        "name": "Office Location",
        "latitude": 37.7749,
        "longitude": -122.4194,
        "radius": 500,
        "enabled": true
      }
    ]
  }'
